"""What is wrong with the structure of a day: circles, vacancies, whom nobody rates.  Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from hr.directory.lines import Lines
from hr.statements import Row

# The gravest first.
CIRCLE, NO_RATER, NO_POST, POST_GONE = "CIRCLE", "NO_RATER", "NO_POST", "POST_GONE"
CROWDED, TWO_POSTS, LEFT_ACTING, VACANT = "CROWDED", "TWO_POSTS", "LEFT_ACTING", "VACANT"
CODES = (CIRCLE, NO_RATER, NO_POST, POST_GONE, CROWDED, TWO_POSTS, LEFT_ACTING, VACANT)


@dataclass(frozen=True)
class Finding:
    """Something that is not as it should be; what it is about, 0 where it is about none.

    count -- how many are there: holders of a post, posts of a person
    """

    code: str
    person_id: int = 0
    post_id: int = 0
    count: int = 0


def findings(
    lines: Lines, serving: Collection[int], posts: Mapping[int, Row], day: date
) -> Iterator[Finding]:
    """Say what is wrong, the gravest first.

    serving -- everybody in service; posts -- seats, first and last day, by number
    """
    yield from _circles(lines)
    top = {post for post, above in lines.raters.items() if above is None}
    for person in sorted(serving):
        post = lines.main_posts.get(person)
        if post is not None and post not in top and lines.superior(person) is None:
            yield Finding(NO_RATER, person, post)
    for person in sorted(set(serving) - lines.main_posts.keys()):
        yield Finding(NO_POST, person)
    held: defaultdict[int, list[int]] = defaultdict(list)
    for post, people in lines.holders.items():
        for person in people:
            held[person].append(post)
    yield from _of_posts(lines, posts, day)
    for person, theirs in sorted(held.items()):
        if len(theirs) > 1:
            yield Finding(TWO_POSTS, person, theirs[0], len(theirs))
    for post, people in sorted(lines.acting.items()):
        for person in people:
            if person not in serving:
                yield Finding(LEFT_ACTING, person, post)
    for post, row in posts.items():
        if _valid(row, day) and not lines.occupants(post):
            yield Finding(VACANT, post_id=post)


def _of_posts(lines: Lines, posts: Mapping[int, Row], day: date) -> Iterator[Finding]:
    for post, people in sorted(lines.holders.items()):
        row = posts.get(post)
        if row is None or not _valid(row, day):
            yield from (Finding(POST_GONE, person, post) for person in people)
        elif len(people) > row["seats"]:
            yield Finding(CROWDED, post_id=post, count=len(people))


def _circles(lines: Lines) -> Iterator[Finding]:
    safe: set[int] = set()
    told: set[int] = set()
    for start in sorted(lines.raters):
        line: list[int] = []
        post: int | None = start
        while post is not None and post not in safe and post not in line:
            line.append(post)
            post = lines.raters.get(post)
        if post is not None and post in line and not told & set(line):
            circle = line[line.index(post) :]
            told |= set(circle)
            yield Finding(CIRCLE, post_id=min(circle), count=len(circle))
        safe |= set(line)


def counted(found: Sequence[Finding]) -> dict[str, int]:
    """Count findings by code, the gravest first."""
    totals = Counter(finding.code for finding in found)
    return {code: totals[code] for code in CODES if code in totals}


def _valid(row: Row, day: date) -> bool:
    first: date = row["valid_from"]
    last: date = row["valid_to"]
    return first <= day <= last
