"""The drill `kill`: random processes die by SIGKILL while people work; nothing may be lost.

alur drill kill --kills 20 --database postgresql --executor celery
"""

from __future__ import annotations

import random
import time

from bench.rig.letters import mail_server
from bench.rig.oracle import judge, settle
from bench.rig.people import people, until_at_work
from bench.rig.report import database, finish, parser, place
from bench.rig.site import broker_url, engine_of, sessions, site, start_cases


def main() -> None:
    """Kill, let the site recover, and compare what people were told with what is there."""
    options = parser("kill", __doc__ or "")
    options.add_argument("--kills", type=int, default=20)
    options.add_argument("--executor", choices=["local", "celery"], default="local")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--cases", type=int, default=60, help="cases of each of six people")
    used = options.parse_args()
    rng = random.Random(used.seed)
    killed: list[str] = []
    with (
        place() as folder,
        mail_server() as letters,
        database(used.database, folder) as (url, _),
        site(
            folder,
            url,
            smtp_url=letters.url,
            broker_url=broker_url() if used.executor == "celery" else "",
        ) as made,
    ):
        engine = engine_of(made.settings)
        start_cases(engine, used.cases)
        cookies = sessions(engine)
        made.start()
        with people(made.settings.port, cookies) as record:
            while len(killed) < used.kills:
                until_at_work(record)
                time.sleep(rng.uniform(0.0, 1.0))
                if who := made.kill(rng):
                    killed.append(who)
            made.await_page()
            time.sleep(3)
        settle(engine, 240)
        verdict = judge(engine, record, letters)
        engine.database.dispose()
    counted = {who: killed.count(who) for who in sorted(set(killed))}
    verdict.figures = {"killed": counted, **verdict.figures}
    finish("kill", used, verdict)


if __name__ == "__main__":
    main()
