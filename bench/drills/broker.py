"""The drill `broker`: RabbitMQ loses its queue again and again while people work.

alur drill broker --times 5 --database postgresql
"""

from __future__ import annotations

import time

from bench.rig.letters import mail_server
from bench.rig.oracle import judge, settle
from bench.rig.people import people
from bench.rig.report import database, finish, parser, place
from bench.rig.site import broker_url, engine_of, sessions, site, start_cases


def main() -> None:
    """Purge the queue whenever something is in it, then let the relay hand it all out again."""
    from kombu import Connection

    options = parser("broker", __doc__ or "")
    options.add_argument("--seconds", type=float, default=45, help="how long it loses everything")
    options.add_argument("--cases", type=int, default=40, help="cases of each of six people")
    used = options.parse_args()
    purged = 0
    with (
        place() as folder,
        mail_server() as letters,
        database(used.database, folder) as (url, _),
        site(folder, url, smtp_url=letters.url, broker_url=broker_url()) as made,
    ):
        engine = engine_of(made.settings)
        start_cases(engine, used.cases)
        cookies = sessions(engine)
        made.start()
        end = time.monotonic() + used.seconds
        with (
            people(made.settings.port, cookies) as record,
            Connection(made.settings.broker_url) as broker,
        ):
            while time.monotonic() < end:
                try:
                    purged += broker.default_channel.queue_purge(made.settings.broker_queue)
                except Exception:  # no queue yet
                    broker.release()
                time.sleep(0.05)
            time.sleep(5)
        settle(engine, 300)
        verdict = judge(engine, record, letters)
        verdict.figures["messages_lost_by_the_broker"] = purged
        engine.database.dispose()
    if not purged:
        verdict.faults.append("the broker lost nothing: the drill has shown nothing")
    finish("broker", used, verdict)


if __name__ == "__main__":
    main()
