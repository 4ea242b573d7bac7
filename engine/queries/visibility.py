"""Which answers of a case somebody may read: the model's `visibleTo`, and anonymity above all."""

from __future__ import annotations

from collections.abc import Collection

from engine.library import Readied


def may_read(
    definition: Readied, element_id: str | None, readers: Collection[str], everything: bool
) -> bool:
    """Tell whether what an element wrote may be shown.

    readers -- lanes (roles) the reader has in this case, and the element at which he reads, if any
    everything -- the reader may see whatever is not anonymous: an auditor, the agency
    """
    if element_id is None or element_id in definition.anonymous_elements:
        return False
    if everything:
        return True
    model = definition.compiled.user_tasks.get(element_id)
    if model is None:  # what scripts and services compute is shown by forms, not as it stands
        return False
    return not model.visible_to or bool(set(model.visible_to) & set(readers))
