"""The session, with a Python client that has the published names: the vendor's, or a generated one.

    python session.py PACKAGE URL KEY FOLDER

It is written as one writes for the vendor's client, and knows nothing else of the service. What it
prints is told in ``tests/clients/sessions.py``.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

PACKAGE, URL, KEY, FOLDER = sys.argv[1:]
#: Seconds that a job may take.
PATIENCE = 120
#: Where the methods are: module and class.
APIS = {
    "ai_generate_api": "AiGenerateApi",
    "ai_management_api": "AiManagementApi",
    "jobs_api": "JobsApi",
}

models = import_module(f"{PACKAGE}.models")
ApiException = import_module(f"{PACKAGE}.exceptions").ApiException
calls: Counter[str] = Counter()
saw: dict[str, Any] = {}


class Counted:
    """The methods of all three; what is called is counted."""

    def __init__(self, key: str) -> None:
        gateway = import_module(PACKAGE)
        configuration = gateway.Configuration(host=URL, api_key={"ApiKeyAuth": f"apk {key}"})
        configuration.temp_folder_path = FOLDER
        client = gateway.ApiClient(configuration)
        self._apis = [
            getattr(import_module(f"{PACKAGE}.api.{module}"), name)(client)
            for module, name in APIS.items()
        ]

    def __getattr__(self, name: str) -> Callable[..., Any]:
        [method] = [getattr(api, name) for api in self._apis if hasattr(api, name)]

        def counted(*positional: Any, **named: Any) -> Any:
            calls[name] += 1
            return method(*positional, **named)

        return counted


client = Counted(KEY)


def main() -> None:
    operation_id, job_id = a_list_of_names()
    its_values(operation_id)
    endings_of_other_kinds()
    lists_and_searches(operation_id)
    tags(job_id)
    the_catalogue()
    refusals(operation_id, job_id)
    json.dump({"calls": calls, "saw": saw}, sys.stdout)


def a_list_of_names() -> tuple[str, str]:
    job = submit(
        "German first names",
        description="a session",
        requested_count=12,
        attributes=[
            models.GenerateDataAttribute(label="Gender", values=["male", "female"]),
            models.GenerateDataAttribute(values=["German"]),
        ],
        max_value_length=20,
        filter_characters="[{}]",
        allow_duplicates=False,
        trim_values=True,
        retention_time=3600,
        error_tolerance=500,
        priority=1,
    )
    saw["job_id"], saw["operation_id"] = job.id, job.target_id
    ended = wait(job.id)
    saw["ended"] = [ended.status, ended.target_name, ended.percent_complete, ended.result]
    outcome = client.get_job_result(job.id)
    saw["result"] = [outcome.job_id, outcome.result]
    operation = client.get_generate_operation(job.target_id)
    saw["operation"] = [
        operation.name,
        operation.status,
        operation.requested_count,
        operation.generated_count,
        operation.submit_time <= operation.end_time <= operation.expiration_time,
    ]
    saw["attributes"] = [
        [attribute.to_dict().get("label", ""), *attribute.values]
        for attribute in operation.attributes
    ]
    return job.target_id, job.id


def its_values(operation_id: str) -> None:
    pages = [client.get_generate_values(operation_id, limit=5)]
    while cursor := pages[-1].response_metadata.to_dict().get("next_cursor"):
        pages.append(client.get_generate_values(operation_id, limit=5, cursor=cursor))
    saw["pages"] = [list(page.items) for page in pages]
    saw["total"] = pages[0].response_metadata.total
    cursor = pages[-1].response_metadata.prev_cursor
    saw["back"] = list(client.get_generate_values(operation_id, limit=5, cursor=cursor).items)
    saw["descending"] = list(client.get_generate_values(operation_id, sort="-value").items)
    saw["json"] = saved(client.download_generate_values(operation_id, "JSON"))
    saw["lines"] = saved(client.download_generate_values(operation_id, "SECURE_LOOKUP"))


def endings_of_other_kinds() -> None:
    failing = submit("too long", max_value_length=1, error_tolerance=0)
    ended = wait(failing.id)
    operation = client.get_generate_operation(failing.target_id)
    saw["failed"] = [ended.status, operation.status, bool(ended.error_details)]
    long = submit(
        "too many", data_type="passport number", requested_count=50_000, multiline_values=True
    )
    saw["lines of several"] = refused(
        client.download_generate_values, long.target_id, "SECURE_LOOKUP"
    )
    client.abandon_job(long.id)
    ended = wait(long.id)
    operation = client.get_generate_operation(long.target_id)
    saw["abandoned"] = [ended.status, operation.status]
    saw["newest"] = [long.target_id, failing.target_id]


def lists_and_searches(operation_id: str) -> None:
    first = client.get_all_generate_operations(limit=1, sort="-submit_time")
    # A cursor carries the sort of its list.
    cursor = first.response_metadata.next_cursor
    second = client.get_all_generate_operations(limit=1, cursor=cursor)
    saw["listed"] = [first.items[0].id, second.items[0].id]
    found = client.search_all_generate_operations(
        search_body=search(f"name EQ 'German first names' AND id EQ '{operation_id}'"),
        sort="name",
    )
    saw["found"] = [operation.id for operation in found.items]
    jobs = client.get_jobs(limit=3, sort="-start_time")
    saw["jobs listed"] = len(jobs.items)
    jobs = client.search_jobs(
        search_body=search(f"target_id EQ '{operation_id}' AND status EQ 'COMPLETED'")
    )
    saw["jobs found"] = [job.id for job in jobs.items]
    saw["jobs found by nothing"] = len(client.search_jobs(limit=3).items)


def tags(job_id: str) -> None:
    added = [("run", "1"), ("team", "blue"), ("team", "red")]
    body = models.TagsRequest(tags=[models.Tag(key=key, value=value) for key, value in added])
    saw["tags"] = [pairs(client.create_job_tags(job_id, tags_request=body))]
    for some in ({"key": "team", "value": "red"}, {"key": "team"}):
        client.delete_job_tag(job_id, delete_tag=models.DeleteTag(**some))
        saw["tags"].append(pairs(client.get_job_tags(job_id)))
    client.delete_job_tag(job_id)
    saw["tags"].append(pairs(client.get_job_tags(job_id)))


def the_catalogue() -> None:
    listed = client.get_all_llm_models(sort="name").items
    saw["models"] = [model.name for model in listed]
    saw["model"] = client.get_llm_model(listed[0].id).name
    gateways = client.get_all_llm_gateways(sort="hostname").items
    saw["gateways"] = [[gateway.type, gateway.status] for gateway in gateways]


def refusals(operation_id: str, job_id: str) -> None:
    saw["unknown job"] = refused(client.get_job_by_id, "0" * 32)
    saw["unknown operation"] = refused(client.get_generate_operation, "nowhere")
    saw["unknown cursor"] = refused(client.get_generate_values, operation_id, cursor="x")
    body = search("colour EQ 'red'")
    saw["unknown field"] = refused(client.search_jobs, search_body=body)
    saw["unknown key"] = refused(Counted("nobody.nothing").get_jobs)
    saw["ended job"] = refused(client.abandon_job, job_id)


def submit(name: str, **fields: Any) -> Any:
    fields = {"name": name, "data_type": "first name", "multiline_values": False, **fields}
    body = models.GenerateDataRequest(**fields)
    return client.generate_data(generate_data_request=body).job


def wait(job_id: str) -> Any:
    """The job, once it is neither waiting nor worked on."""
    end = time.monotonic() + PATIENCE
    while (job := client.get_job_by_id(job_id)).status in ("PENDING", "STARTED"):
        if time.monotonic() > end:
            raise TimeoutError(job_id)
        time.sleep(0.1)
    return job


def search(expression: str) -> Any:
    return models.SearchBody(filter_expression=expression)


def pairs(answer: Any) -> list[list[str]]:
    return [[tag.key, tag.value] for tag in answer.tags]


def saved(content: Any) -> list[str]:
    """Name and text of a download: of a file, or of its bytes where the client makes none."""
    if not hasattr(content, "read"):
        return ["", bytes(content).decode()]
    with content:
        return [Path(content.name).name, content.read().decode()]


def refused(method: Callable[..., Any], *positional: Any, **named: Any) -> list[Any]:
    """Status and code of the error that comes."""
    try:
        method(*positional, **named)
    except ApiException as error:
        return [error.status, json.loads(error.body)["error"]]
    return []


if __name__ == "__main__":
    main()
