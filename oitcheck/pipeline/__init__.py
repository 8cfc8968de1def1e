"""Where the departments meet: a round crawled, judged, published, replayed. The only rooms with a clock."""
