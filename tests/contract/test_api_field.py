"""What programs written for the published API meet, and what nobody here has written sends."""

from __future__ import annotations

import pytest

from tests.support.contract import BASE, Client, Mill, path_of

JOBS = f"{BASE}/jobs"


@pytest.mark.parametrize("end", ["completed", "failed", "cancelled", "abandoned"])
def test_field_a1_the_result_of_a_job_is_an_object(client: Client, mill: Mill, end: str) -> None:
    job = client.submit(llm_model_name="m", requested_count=2, error_tolerance=0)
    assert "result" not in client.job(job)
    mill.store(["a", "b"] if end == "completed" else ["a"], model="m")
    if end == "failed":
        claim = mill.claim(model="m", size=1)
        assert claim is not None
        mill.settle(claim, [], too_long=1)
    elif end != "completed":
        path = path_of(job) + "/cancel" if end == "cancelled" else f"{JOBS}/{job['id']}/abandon"
        assert client.post(path).status_code == 204
    alone = client.job(job)
    listed = client.get(JOBS).json["items"]
    found = client.post(f"{JOBS}/search", json={"filter_expression": "NOT id EQ NIL"}).json["items"]
    for seen in (alone, *listed, *found):
        assert seen["result"] == {
            "id": job["target_id"],
            "status": "COMPLETED" if end == "completed" else "FAILED",
            "generated_count": 2 if end == "completed" else 1,
        }
