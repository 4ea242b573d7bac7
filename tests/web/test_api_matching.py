"""`If-Match`: of several who read the same state, one acts on it, whatever the others hurry."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

from engine.queries.history import check_chains

ANSWERS = {"subject": "Cuti", "days": 2}
MANY = 4


def at_once(acts):
    """Let every act begin at the same moment, and give what each answered."""
    gate = Barrier(len(acts))

    def act(one):
        gate.wait()
        return one()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(act, acts))


def first_task(program):
    path = f"/tasks/{program.get('/tasks').json['items'][0]['id']}"
    return path, program.get(path).headers["ETag"]


def test_of_drafts_on_the_same_state_one_is_kept(program_as, start_two_step):
    start_two_step()
    programs = [program_as("EMP") for _ in range(MANY)]
    for turn in range(5):
        path, seen = first_task(programs[0])
        bodies = [{"answers": {"subject": f"{turn}/{number}"}} for number in range(MANY)]
        said = at_once(
            [
                partial(one.put, f"{path}/draft", body, If_Match=seen)
                for one, body in zip(programs, bodies, strict=True)
            ]
        )
        codes = [answer.status_code for answer in said]
        assert sorted(codes) == [204, 412, 412, 412]
        assert programs[0].get(path).json["draft"] == bodies[codes.index(204)]["answers"]


def test_of_answers_to_the_same_state_one_is_accepted_and_the_rest_have_read_too_early(
    engine, program_as, start_two_step
):
    start_two_step()
    programs = [program_as("EMP") for _ in range(MANY)]
    path, seen = first_task(programs[0])
    said = at_once(
        [
            lambda one=one, key=str(number): one.post(
                f"{path}/complete", {"answers": ANSWERS}, If_Match=seen, Idempotency_Key=key
            )
            for number, one in enumerate(programs)
        ]
    )
    codes = [answer.status_code for answer in said]
    assert codes.count(200) == 1
    assert set(codes) - {200} <= {409, 412}  # over, or moved on: never accepted twice
    assert engine.ask(check_chains) == ()


def test_the_same_request_sent_at_once_is_one_whatever_it_was_read_from(program_as, start_two_step):
    start_two_step()
    programs = [program_as("EMP") for _ in range(MANY)]
    path, seen = first_task(programs[0])
    said = at_once(
        [
            lambda one=one: one.post(
                f"{path}/complete", {"answers": ANSWERS}, If_Match=seen, Idempotency_Key="one"
            )
            for one in programs
        ]
    )
    assert [answer.status_code for answer in said] == [200] * MANY
    assert sorted(answer.json["repeated"] for answer in said) == [False, True, True, True]


def test_an_act_that_was_done_under_a_key_is_not_refused_when_it_is_sent_again(
    program_as, start_two_step
):
    start_two_step()
    emp = program_as("EMP")
    path, seen = first_task(emp)
    body = {"wanted_at": "2026-12-01T09:00:00Z", "reason": "Dinas luar"}
    sent = {"If_Match": seen, "Idempotency_Key": "one"}
    first = emp.post(f"{path}/extension", body, **sent)
    assert first.status_code == 201
    emp.put(f"{path}/draft", {"answers": {"subject": "x"}})
    again = emp.post(f"{path}/extension", body, **sent)
    assert (again.status_code, again.json) == (201, first.json)
    other = emp.post(f"{path}/extension", body, If_Match=seen, Idempotency_Key="two")
    assert other.status_code == 412
