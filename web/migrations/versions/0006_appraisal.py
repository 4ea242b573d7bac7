"""What the annual appraisal and the calibration keep."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# Frozen copies: a revision must not change when the code does.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UTC = sa.DateTime(timezone=True)
EXACT = sa.Numeric().with_variant(sa.String(40), "sqlite")


def upgrade() -> None:
    """Make what is new."""
    op.add_column("rater_conflict", sa.Column("set_by", sa.Integer(), nullable=True))
    _appraisal()
    _fairness()
    _calibration()
    _siasn()


def _appraisal() -> None:
    op.create_table(
        "appraisal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instance_id", ID, nullable=False),
        sa.Column("case_no", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=6), nullable=False),
        sa.Column("office_path", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason_code", sa.String(length=20), nullable=False),
        sa.Column("rater_id", sa.Integer(), nullable=True),
        sa.Column("rater_predicate", sa.String(length=2), nullable=False),
        sa.Column("sampled", sa.Boolean(), nullable=False),
        sa.Column("sampled_because", sa.String(length=20), nullable=False),
        sa.Column("team_predicate", sa.String(length=2), nullable=False),
        sa.Column("levels_apart", sa.Integer(), nullable=False),
        sa.Column("result_rating", sa.String(length=6), nullable=False),
        sa.Column("behaviour_rating", sa.String(length=6), nullable=False),
        sa.Column("predicate", sa.String(length=2), nullable=False),
        sa.Column("proposed", sa.String(length=2), nullable=False),
        sa.Column("result_score", EXACT, nullable=False),
        sa.Column("behaviour_score", EXACT, nullable=False),
        sa.Column("potential", EXACT, nullable=True),
        sa.Column("talent_box", sa.Integer(), nullable=True),
        sa.Column("flags", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_at", UTC, nullable=False),
        sa.Column("calibrated_at", UTC, nullable=True),
        sa.Column("locked_at", UTC, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appraisal")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_appraisal_person_id")),
        sa.ForeignKeyConstraint(["rater_id"], ["person.id"], name=op.f("fk_appraisal_rater_id")),
    )
    op.create_index("uq_appraisal_instance_id", "appraisal", ["instance_id"], unique=True)
    op.create_index("ix_appraisal_person_id", "appraisal", ["person_id", "period"])
    op.create_index("ix_appraisal_office_path", "appraisal", ["office_path", "period", "state"])


def _fairness() -> None:
    op.create_table(
        "given_rating",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instance_id", ID, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("rater_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=6), nullable=False),
        sa.Column("office_path", sa.String(length=200), nullable=False),
        sa.Column("digits", sa.String(length=40), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_given_rating")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_given_rating_person_id")
        ),
        sa.ForeignKeyConstraint(["rater_id"], ["person.id"], name=op.f("fk_given_rating_rater_id")),
    )
    op.create_index("uq_given_rating_instance_id", "given_rating", ["instance_id"], unique=True)
    op.create_index("ix_given_rating_period", "given_rating", ["period", "office_path"])
    op.create_index("ix_given_rating_person_id", "given_rating", ["person_id", "period"])
    op.create_index("ix_given_rating_rater_id", "given_rating", ["rater_id", "at"])
    op.create_table(
        "fairness_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=6), nullable=False),
        sa.Column("asked_by", ID, nullable=True),
        sa.Column("asked_at", UTC, nullable=False),
        sa.Column("computed_at", UTC, nullable=True),
        sa.Column("ratings", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fairness_run")),
    )
    op.create_index("ix_fairness_run_period", "fairness_run", ["period", "id"])
    op.create_table(
        "fairness_finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("rater_id", sa.Integer(), nullable=True),
        sa.Column("group_name", sa.String(length=20), nullable=False),
        sa.Column("of", sa.String(length=200), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("estimate", EXACT, nullable=True),
        sa.Column("low", EXACT, nullable=True),
        sa.Column("high", EXACT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fairness_finding")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["fairness_run.id"], name=op.f("fk_fairness_finding_run_id")
        ),
        sa.ForeignKeyConstraint(
            ["rater_id"], ["person.id"], name=op.f("fk_fairness_finding_rater_id")
        ),
    )
    op.create_index("ix_fairness_finding_run_id", "fairness_finding", ["run_id", "kind"])
    op.create_index("ix_fairness_finding_rater_id", "fairness_finding", ["rater_id", "run_id"])


def _calibration() -> None:
    op.create_table(
        "calibration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instance_id", ID, nullable=False),
        sa.Column("office_path", sa.String(length=200), nullable=False),
        sa.Column("period", sa.String(length=6), nullable=False),
        sa.Column("org_predicate", sa.String(length=16), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("breaches", sa.Text(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("opened_at", UTC, nullable=False),
        sa.Column("closed_at", UTC, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration")),
    )
    op.create_index(
        "uq_calibration_office_path_period", "calibration", ["office_path", "period"], unique=True
    )
    op.create_index("uq_calibration_instance_id", "calibration", ["instance_id"], unique=True)
    op.create_table(
        "calibration_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("calibration_id", sa.Integer(), nullable=False),
        sa.Column("appraisal_id", sa.Integer(), nullable=False),
        sa.Column("flags", sa.Text(), nullable=False),
        sa.Column("before", sa.String(length=2), nullable=False),
        sa.Column("after", sa.String(length=2), nullable=False),
        sa.Column("justification", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.String(length=8), nullable=False),
        sa.Column("votes_for", sa.Integer(), nullable=False),
        sa.Column("votes_against", sa.Integer(), nullable=False),
        sa.Column("second_approval", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration_case")),
        sa.ForeignKeyConstraint(
            ["calibration_id"], ["calibration.id"], name=op.f("fk_calibration_case_calibration_id")
        ),
        sa.ForeignKeyConstraint(
            ["appraisal_id"], ["appraisal.id"], name=op.f("fk_calibration_case_appraisal_id")
        ),
    )
    op.create_index("ix_calibration_case_calibration_id", "calibration_case", ["calibration_id"])
    op.create_index("ix_calibration_case_appraisal_id", "calibration_case", ["appraisal_id"])


def _siasn() -> None:
    op.create_table(
        "siasn_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("made_at", UTC, nullable=False),
        sa.Column("made_by", ID, nullable=True),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_siasn_file")),
    )
    op.create_index("ix_siasn_file_year", "siasn_file", ["year"])
    op.create_table(
        "siasn_result",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instance_id", ID, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("rater_id", sa.Integer(), nullable=True),
        sa.Column("result_rating", sa.String(length=6), nullable=False),
        sa.Column("behaviour_rating", sa.String(length=6), nullable=False),
        sa.Column("predicate", sa.String(length=2), nullable=False),
        sa.Column("prepared_at", UTC, nullable=False),
        sa.Column("superseded", sa.Boolean(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_siasn_result")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_siasn_result_person_id")
        ),
        sa.ForeignKeyConstraint(["rater_id"], ["person.id"], name=op.f("fk_siasn_result_rater_id")),
        sa.ForeignKeyConstraint(
            ["file_id"], ["siasn_file.id"], name=op.f("fk_siasn_result_file_id")
        ),
    )
    op.create_index("ix_siasn_result_year", "siasn_result", ["year", "file_id"])
    op.create_index("ix_siasn_result_person_id", "siasn_result", ["person_id", "year"])
    op.create_index("ix_siasn_result_file_id", "siasn_result", ["file_id"])
