from zoneinfo import ZoneInfo

import pytest

from web import settings


def test_without_an_environment_everything_has_its_default():
    read = settings.read({})
    assert read.database_url == "sqlite:///var/alur.db"
    assert read.time_zone == ZoneInfo("Asia/Jakarta")
    assert not read.secure


def test_a_variable_overrides_its_default_and_an_empty_one_does_not():
    read = settings.read({"ALUR_PORT": "9000", "ALUR_CITY": "", "HOME": "/nowhere"})
    assert (read.port, read.city) == (9000, "Kota Contoh")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALUR_PORT", "many"),
        ("ALUR_TIME_ZONE", "Asia/Nowhere"),
        ("ALUR_LANGUAGE", "nl"),
        ("ALUR_DATABSE_URL", "sqlite://"),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused_by_name(name, value):
    with pytest.raises(settings.InvalidSetting, match=name):
        settings.read({name: value})


def test_the_table_explains_every_setting_and_hides_passwords():
    read = settings.read({"ALUR_DATABASE_URL": "postgresql+psycopg://app:hush@db/alur"})
    rows = {row["name"]: row for row in settings.table(read)}
    assert rows["ALUR_DATABASE_URL"]["value"] == "postgresql+psycopg://app@db/alur"
    other = settings.read({"ALUR_DATABASE_URL": "postgresql+psycopg:///alur?password=hush&host=db"})
    assert "hush" not in str(settings.table(other))
    assert all(row["meaning"].endswith(".") for row in rows.values())


def test_every_bound_can_be_set():
    read = settings.read({"ALUR_BOUND_STEPS": "70", "ALUR_BOUND_SECONDS": "2.5"})
    assert (read.bounds.steps, read.bounds.seconds) == (70, 2.5)
    listed = {row["name"] for row in settings.table(read)}
    assert {f"ALUR_BOUND_{name.upper()}" for name in vars(read.bounds)} <= listed
