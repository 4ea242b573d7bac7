"""The tree of RFC 6962: known roots, and proofs over every small tree and random larger ones."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.history.merkle import (
    EMPTY,
    Frontier,
    consistency_proof,
    inclusion_proof,
    is_consistent,
    leaf_hash,
    node_hash,
    root_by_inclusion,
    root_of,
)

# Inputs and roots of the certificate-transparency reference tests (RFC 6962's own example data).
DATA = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
LEAVES = [leaf_hash(data) for data in DATA]
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


@pytest.mark.parametrize("size", ROOTS)
def test_roots_are_those_of_the_reference(size):
    assert root_of(LEAVES[:size]).hex() == ROOTS[size]


def test_an_empty_tree_has_the_hash_of_nothing():
    assert Frontier().root() == EMPTY == hashlib.sha256(b"").digest()


def test_a_leaf_cannot_be_passed_off_as_a_node():
    assert leaf_hash(LEAVES[0] + LEAVES[1]) != node_hash(LEAVES[0], LEAVES[1])


@pytest.mark.parametrize("size", range(1, 18))
def test_every_leaf_of_a_small_tree_can_be_proved(size):
    leaves = [leaf_hash(bytes([n])) for n in range(size)]
    root = root_of(leaves)
    for index in range(size):
        proof = inclusion_proof(leaves, index)
        assert root_by_inclusion(leaves[index], index, size, proof) == root


@pytest.mark.parametrize("size", range(1, 18))
def test_every_earlier_size_can_be_proved(size):
    leaves = [leaf_hash(bytes([n])) for n in range(size)]
    for earlier in range(1, size + 1):
        proof = consistency_proof(leaves, earlier)
        assert is_consistent(earlier, root_of(leaves[:earlier]), size, root_of(leaves), proof)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 300), st.data())
def test_adding_in_pieces_gives_the_same_root(size, data):
    leaves = [leaf_hash(str(n).encode()) for n in range(size)]
    cut = data.draw(st.integers(0, size))
    assert Frontier().add(leaves[:cut]).add(leaves[cut:]).root() == root_of(leaves)


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 90), st.data())
def test_the_edge_of_the_tree_is_enough_to_prove_what_came_later(size, data):
    leaves = [leaf_hash(str(n).encode()) for n in range(size)]
    cut = data.draw(st.integers(0, size - 1))
    index = data.draw(st.integers(cut, size - 1))
    proof = inclusion_proof(leaves[cut:], index, Frontier().add(leaves[:cut]))
    assert proof == inclusion_proof(leaves, index)


@settings(max_examples=80, deadline=None)
@given(st.integers(2, 70), st.data())
def test_a_proof_holds_for_nothing_else(size, data):
    leaves = [leaf_hash(str(n).encode()) for n in range(size)]
    index = data.draw(st.integers(0, size - 1))
    proof, root = list(inclusion_proof(leaves, index)), root_of(leaves)
    spoilt = data.draw(st.integers(0, len(proof) - 1))
    proof[spoilt] = leaf_hash(b"forged")
    assert root_by_inclusion(leaves[index], index, size, proof) != root
    other = data.draw(st.integers(0, size - 1).filter(lambda n: n != index))
    honest = inclusion_proof(leaves, index)
    assert _leads_elsewhere(leaves[other], index, size, honest, root)
    assert _leads_elsewhere(leaves[index], other, size, honest, root)


def _leads_elsewhere(leaf, index, size, proof, root):
    try:
        return root_by_inclusion(leaf, index, size, proof) != root
    except ValueError:
        return True


@settings(max_examples=80, deadline=None)
@given(st.integers(2, 70), st.data())
def test_a_rewritten_past_is_never_consistent(size, data):
    leaves = [leaf_hash(str(n).encode()) for n in range(size)]
    earlier = data.draw(st.integers(1, size - 1))
    changed = data.draw(st.integers(0, earlier - 1))
    before = root_of(leaves[:earlier])
    leaves[changed] = leaf_hash(b"rewritten")
    assert not is_consistent(
        earlier, before, size, root_of(leaves), consistency_proof(leaves, earlier)
    )


@pytest.mark.parametrize("proof", [(), (LEAVES[0],) * 9])
def test_a_proof_of_the_wrong_length_is_refused(proof):
    with pytest.raises(ValueError, match="proof for a tree of this size"):
        root_by_inclusion(LEAVES[2], 2, 8, proof)
    assert not is_consistent(3, root_of(LEAVES[:3]), 8, root_of(LEAVES), proof)
