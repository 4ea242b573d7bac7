"""What indicators, campaigns and boards keep."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# Frozen copies, as in 0001.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UTC = sa.DateTime(timezone=True)
EXACT = sa.Numeric().with_variant(sa.String(40), "sqlite")


def upgrade() -> None:
    """Make what is new."""
    _campaigns()
    _feedback()
    _indicators()
    _activity_photos()


def _activity_photos() -> None:
    op.create_table(
        "activity_photo",
        sa.Column("id", ID, nullable=False),
        sa.Column("entry_id", ID, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("mime", sa.String(length=20), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["activity_entry.id"], name=op.f("fk_activity_photo_entry_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_activity_photo_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_photo")),
    )
    op.create_index(
        "uq_activity_photo_entry_id_sha256", "activity_photo", ["entry_id", "sha256"], unique=True
    )
    op.create_index("ix_activity_photo_person_id", "activity_photo", ["person_id"])


def _indicators() -> None:
    op.create_table(
        "catalogue",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("vision", sa.Text(), nullable=False),
        sa.Column("instance_id", ID, nullable=False),
        sa.Column("case_no", sa.String(length=40), nullable=False),
        sa.Column("published_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue")),
    )
    op.create_index("uq_catalogue_year_version", "catalogue", ["year", "version"], unique=True)
    op.create_table(
        "catalogue_goal",
        sa.Column("catalogue_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("parent", sa.String(length=12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["catalogue_id"], ["catalogue.id"], name=op.f("fk_catalogue_goal_catalogue_id")
        ),
        sa.PrimaryKeyConstraint("catalogue_id", "code", name=op.f("pk_catalogue_goal")),
    )
    op.create_table(
        "main_indicator",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("catalogue_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("goal", sa.String(length=12), nullable=False),
        sa.Column("office_path", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("measure", sa.String(length=40), nullable=False),
        sa.Column("formula", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("direction", sa.String(length=6), nullable=False),
        sa.Column("baseline", EXACT, nullable=True),
        sa.Column("target", EXACT, nullable=False),
        sa.Column("dimension", sa.String(length=20), nullable=False),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["catalogue_id"], ["catalogue.id"], name=op.f("fk_main_indicator_catalogue_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_main_indicator")),
    )
    op.create_index(
        "uq_main_indicator_catalogue_id_code",
        "main_indicator",
        ["catalogue_id", "code"],
        unique=True,
    )


def _feedback() -> None:
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("value", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_feedback_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_feedback_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
    )
    op.create_index("ix_feedback_person_id", "feedback", ["person_id", "id"])
    op.create_index("ix_feedback_by_id", "feedback", ["by_id", "id"])
    op.create_table(
        "coaching_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("counsellor_id", sa.Integer(), nullable=True),
        sa.Column("at", UTC, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_coaching_note_by_id")),
        sa.ForeignKeyConstraint(
            ["counsellor_id"], ["person.id"], name=op.f("fk_coaching_note_counsellor_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_coaching_note_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coaching_note")),
    )
    op.create_index("ix_coaching_note_person_id", "coaching_note", ["person_id", "id"])
    op.create_index("ix_coaching_note_counsellor_id", "coaching_note", ["counsellor_id", "id"])


def _campaigns() -> None:
    op.drop_index("uq_campaign_process_key_period", table_name="campaign")
    for column in (
        sa.Column("round", sa.Integer(), server_default="1", nullable=False),
        sa.Column("reach", sa.Text(), server_default="{}", nullable=False),
        sa.Column("cadence_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", UTC, nullable=True),
    ):
        op.add_column("campaign", column)
    op.create_index(
        "uq_campaign_process_key_period_round",
        "campaign",
        ["process_key", "period", "round"],
        unique=True,
    )
    op.create_table(
        "campaign_act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("office_path", sa.String(length=200), nullable=False),
        sa.Column("element_id", sa.String(length=80), nullable=False),
        sa.Column("until", UTC, nullable=True),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_act_campaign_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_act")),
    )
    op.create_index("ix_campaign_act_campaign_id", "campaign_act", ["campaign_id"])
    op.create_table(
        "campaign_cadence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("process_key", sa.String(length=80), nullable=False),
        sa.Column("every", sa.String(length=8), nullable=False),
        sa.Column("days_after", sa.Integer(), nullable=False),
        sa.Column("reach", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed_at", UTC, nullable=False),
        sa.Column("changed_by", ID, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_cadence")),
    )
