"""The drill `mail`: the mail server hangs while people work; pages and timers do not wait for it.

alur drill mail --seconds 60
"""

from __future__ import annotations

import time

from bench.rig.letters import mail_server
from bench.rig.oracle import judge, settle
from bench.rig.people import people
from bench.rig.report import database, finish, parser, place
from bench.rig.site import engine_of, sessions, site, start_cases


def main() -> None:
    """Let the mail server hang for a while, then answer again."""
    options = parser("mail", __doc__ or "")
    options.add_argument("--seconds", type=float, default=60, help="how long it hangs")
    options.add_argument("--cases", type=int, default=15, help="cases of each of six people")
    used = options.parse_args()
    with (
        place() as folder,
        mail_server() as letters,
        database(used.database, folder) as (url, _),
        site(folder, url, smtp_url=letters.url) as made,
    ):
        engine = engine_of(made.settings)
        start_cases(engine, used.cases)
        cookies = sessions(engine)
        letters.hangs = True
        made.start()
        with people(made.settings.port, cookies) as record:
            time.sleep(used.seconds)
            accepted = len(record.accepted)
            letters.hangs = False
            time.sleep(10)
        settle(engine, 300)
        verdict = judge(engine, record, letters)
        verdict.figures |= {"accepted_while_it_hung": accepted, "hung": letters.hung}
        engine.database.dispose()
    if not letters.hung or not accepted:
        verdict.faults.append("nothing met the hanging server: the drill has shown nothing")
    finish("mail", used, verdict)


if __name__ == "__main__":
    main()
