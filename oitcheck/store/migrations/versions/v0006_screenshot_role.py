"""How a rendered page looked stays in the trail beside it, in a role of its own."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    with op.batch_alter_table("trail") as trail:
        trail.drop_constraint(op.f("ck_trail_role"), type_="check")
        trail.create_check_constraint(
            op.f("ck_trail_role"), "role IN ('walk', 'home', 'picture', 'static', 'screenshot')"
        )
