"""A plain Scrapy spider for benchmarks/whole_job.py: fetches the addresses of a file, parses each page, keeps nothing.

usage: plain_spider.py ADDRESSES HOST:PORT CONCURRENCY; prints one JSON object {"pages": …, "seconds": …}.
Every address is asked of HOST:PORT under its own Host header, as `network.connect_to` does for oitcheck.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response, TextResponse


class PlainSpider(scrapy.Spider):
    name = "plain"

    def __init__(self, addresses: list[str], server: str) -> None:
        super().__init__()
        self.addresses, self.server, self.pages = addresses, server, 0

    async def start(self) -> AsyncIterator[Any]:
        for address in self.addresses:
            parts = urlsplit(address)
            yield scrapy.Request(
                urlunsplit(("http", self.server, parts.path or "/", parts.query, "")),
                headers={"Host": parts.netloc},
                dont_filter=True,
                meta={"dont_redirect": True, "handle_httpstatus_all": True},
                errback=self.lost,
            )

    def parse(self, response: Response) -> None:
        self.pages += 1
        if isinstance(response, TextResponse) and b"html" in (response.headers.get("Content-Type") or b""):
            response.xpath("//body//text()").getall()
            response.xpath("//a/@href").getall()

    def lost(self, failure: Any) -> None:
        """A page that does not answer is asked for and counts no page, as with oitcheck."""


def main() -> None:
    addresses, server, concurrency = Path(sys.argv[1]).read_text("utf-8").split(), sys.argv[2], int(sys.argv[3])
    process = CrawlerProcess(
        {
            "LOG_LEVEL": "ERROR",
            "ROBOTSTXT_OBEY": False,
            "RETRY_ENABLED": False,
            "DOWNLOAD_DELAY": 0,
            "DOWNLOAD_TIMEOUT": 30,
            "CONCURRENT_REQUESTS": concurrency,
            "CONCURRENT_REQUESTS_PER_DOMAIN": concurrency,
            "TELNETCONSOLE_ENABLED": False,
        }
    )
    crawler = process.create_crawler(PlainSpider)
    started = time.perf_counter()
    process.crawl(crawler, addresses=addresses, server=server)
    process.start()
    seconds = time.perf_counter() - started
    spider = crawler.spider
    print(json.dumps({"pages": spider.pages if isinstance(spider, PlainSpider) else 0, "seconds": round(seconds, 2)}))


if __name__ == "__main__":
    main()
