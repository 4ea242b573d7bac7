"""The drill `restart`: the database crashes and comes back, again and again, while people work.

alur drill restart --times 5
"""

from __future__ import annotations

import random
import time

from bench.rig.letters import mail_server
from bench.rig.oracle import judge, settle
from bench.rig.people import people, until_at_work
from bench.rig.report import database, finish, parser, place
from bench.rig.site import engine_of, sessions, site, start_cases


def main() -> None:
    """Stop the PostgreSQL server of the drill's own, by crash and in order, and start it again."""
    options = parser("restart", __doc__ or "")
    options.set_defaults(database="postgresql")
    options.add_argument("--times", type=int, default=5)
    options.add_argument("--cases", type=int, default=60, help="cases of each of six people")
    used = options.parse_args()
    if used.database != "postgresql":
        options.error("an SQLite file has no server to restart; `kill` is the drill for it")
    rng = random.Random(1)
    with (
        place() as folder,
        mail_server() as letters,
        database(used.database, folder) as (url, server),
        site(folder, url, smtp_url=letters.url) as made,
    ):
        engine = engine_of(made.settings)
        start_cases(engine, used.cases)
        cookies = sessions(engine)
        engine.database.dispose()
        made.start()
        with people(made.settings.port, cookies) as record:
            for turn in range(used.times):
                until_at_work(record, more=10, seconds=40)
                server.stop("immediate" if turn % 2 == 0 else "fast")
                time.sleep(rng.uniform(0.5, 4))
                server.start()
            time.sleep(5)
        settle(engine, 240)
        verdict = judge(engine, record, letters)
        verdict.figures["processes_lost"] = made.lost
        engine.database.dispose()
    finish("restart", used, verdict)


if __name__ == "__main__":
    main()
