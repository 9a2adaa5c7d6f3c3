"""The shapes of answers about lists of values, and rows brought into them."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from api.generation.requests import GenerateDataAttributeSchema
from api.http.answers import AnswerSchema, PaginatedResponseMetadataSchema
from api.http.fields import Time
from api.jobs.answers import JobSchema
from shared.addresses import GatewayKind
from shared.generation.operation import Coverage, Operation, OperationState
from shared.generation.statistics import statistics_of
from shared.models.gateway import GatewayState

#: There is one, the workers of this service together.
ORCHESTRATOR_ID = "valuemill"


class CoverageSchema(AnswerSchema):
    """How the combinations of attribute values are getting on."""

    cells = fields.Integer(metadata={"description": "Combinations that values are made for."})
    filled = fields.Integer(metadata={"description": "Of them, those that have all their values."})
    dry = fields.Integer(
        metadata={"description": "Those without new values; the others make up for them."}
    )
    least_percent = fields.Integer(
        metadata={"description": "How far the one is that has the smallest part of its values."}
    )


class StatisticsSchema(AnswerSchema):
    """What an operation has cost so far, and how it is getting on."""

    prompts = fields.Integer(metadata={"description": "Prompts that the model answered."})
    asked = fields.Integer(metadata={"description": "Values that those prompts asked for."})
    wasted = fields.Integer(metadata={"description": "Of them, those that came to nothing."})
    duplicates = fields.Integer(metadata={"description": "Values given more than once."})
    rejected = fields.Integer(
        metadata={"description": "Values that were unfit, or none of the kind asked for."}
    )
    too_long = fields.Integer(metadata={"description": "Of the rejected, those too long."})
    several_lines = fields.Integer(
        metadata={"description": "Of the rejected, those on several lines."}
    )
    empty = fields.Integer(
        metadata={"description": "Of the rejected, those with nothing left after filtering."}
    )
    filter_timeout = fields.Integer(
        metadata={"description": "Of the rejected, those that took too long to filter."}
    )
    echo = fields.Integer(
        metadata={"description": "Of the rejected, those that say the request back."}
    )
    markup = fields.Integer(
        metadata={"description": "Of the rejected, those of key names, JSON, code, or tags."}
    )
    counting = fields.Integer(
        metadata={"description": "Of the rejected, bare numbers and templates that count up."}
    )
    cut_off = fields.Integer(
        metadata={"description": "Of the rejected, those that end in the middle."}
    )
    run_away = fields.Integer(
        metadata={"description": "Of the rejected, those that repeat themselves without end."}
    )
    off_shape = fields.Integer(
        metadata={"description": "Of the rejected, those shaped like nearly no other value."}
    )
    refusal = fields.Integer(
        metadata={"description": "Of the rejected, those in which the model refuses to answer."}
    )
    failed_prompts = fields.Integer(
        metadata={"description": "Prompts whose answer was broken or missing."}
    )
    broken_prompts = fields.Integer(
        metadata={"description": "Of the failed, those without a list of values in the answer."}
    )
    refused_prompts = fields.Integer(
        metadata={"description": "Of the failed, those that the model server refused."}
    )
    cut_prompts = fields.Integer(
        metadata={"description": "Of the failed, those whose answer broke off."}
    )
    lost_prompts = fields.Integer(
        metadata={"description": "Prompts given to another worker because theirs went silent."}
    )
    prompt_tokens = fields.Integer(metadata={"description": "Tokens read by the model."})
    output_tokens = fields.Integer(metadata={"description": "Tokens written by the model."})
    waiting_seconds = fields.Float(
        metadata={"description": "Time without a prompt under way though there was work."}
    )
    waiting_since = Time(
        metadata={"description": "Since when that is so again; not part of `waiting_seconds` yet."}
    )
    values_per_second = fields.Float(metadata={"description": "Since work began."})
    unique_per_asked = fields.Float(
        metadata={"description": "Values stored for each value that the model was asked for."}
    )
    seconds_left = fields.Float(
        metadata={"description": "Estimate to the end, at the speed so far; while it works."}
    )
    reachable = fields.Integer(
        metadata={
            "description": "Estimate of how many values the model can give in all; absent while "
            "there is no limit in sight."
        }
    )
    coverage = fields.Nested(
        CoverageSchema, metadata={"description": "Only where one operation is read."}
    )


class GenerateDataOperationSchema(AnswerSchema):
    """One list of values and how far it is."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    description = fields.String()
    status = fields.String(required=True, metadata={"enum": list(OperationState)})
    data_type = fields.String(required=True)
    attributes = fields.List(fields.Nested(GenerateDataAttributeSchema), required=True)
    max_value_length = fields.Integer(required=True, metadata={"format": "int32"})
    requested_count = fields.Integer(required=True, metadata={"format": "int32"})
    generated_count = fields.Integer(required=True, metadata={"format": "int32"})
    filter_characters = fields.String(required=True)
    allow_duplicates = fields.Boolean(required=True)
    trim_values = fields.Boolean(required=True)
    multiline_values = fields.Boolean(required=True)
    account_id = fields.String(required=True)
    submit_time = Time(required=True)
    start_time = Time(metadata={"description": "When its first prompt was given out."})
    end_time = Time()
    expiration_time = Time(
        metadata={
            "description": "When it will be deleted; known from its end on, if it was given a "
            "`retention_time`."
        }
    )
    error_tolerance = fields.Integer(required=True, metadata={"format": "int32"})
    ai_orchestrator_id = fields.String(
        required=True, metadata={"description": "Who shares out the work: this service."}
    )
    llm_model_name = fields.String()
    priority = fields.Integer(required=True, metadata={"format": "int32"})
    failure_reason = fields.String(metadata={"description": "Why it failed, or was cancelled."})
    warning_message = fields.String(metadata={"description": "What did not go as asked."})
    statistics = fields.Nested(StatisticsSchema, required=True)


class GenerateDataResponseSchema(Schema):
    """The job that was started."""

    job = fields.Nested(JobSchema, required=True)


class OperationsPageSchema(Schema):
    """Some operations of a list."""

    items = fields.List(fields.Nested(GenerateDataOperationSchema), required=True)
    response_metadata = fields.Nested(PaginatedResponseMetadataSchema, required=True)


class ValuesPageSchema(Schema):
    """Some values of a list."""

    items = fields.List(fields.String(), required=True)
    response_metadata = fields.Nested(PaginatedResponseMetadataSchema, required=True)


class AiModelSchema(AnswerSchema):
    """A model that can make values."""

    id = fields.UUID(required=True)
    name = fields.String(
        required=True, metadata={"description": "What `llm_model_name` of a request asks for."}
    )
    file_checksum = fields.String(metadata={"description": "The digest that Ollama knows it by."})
    architecture = fields.String()
    base_name = fields.String()
    ai_parameters = fields.String(metadata={"description": "How many it has, such as `1.2B`."})
    context_length = fields.Integer(metadata={"description": "In tokens."})
    embedding_length = fields.Integer()
    quantization = fields.String()
    is_data_generate_default = fields.Boolean(
        required=True, metadata={"description": "Whether requests that name no model may get it."}
    )


class ModelsPageSchema(Schema):
    """Some models."""

    items = fields.List(fields.Nested(AiModelSchema), required=True)
    response_metadata = fields.Nested(PaginatedResponseMetadataSchema, required=True)


class GatewaySchema(AnswerSchema):
    """A model server."""

    id = fields.String(required=True)
    ai_orchestrator_id = fields.String(required=True)
    status = fields.String(
        required=True,
        metadata={
            "enum": [GatewayState.UP, GatewayState.BUSY, GatewayState.DOWN],
            "description": "`BUSY` is up, but takes no prompts at the moment.",
        },
    )
    status_reason = fields.String(metadata={"description": "Why it is not `UP`."})
    type = fields.String(
        required=True,
        metadata={
            "enum": [kind.value for kind in GatewayKind],
            "description": "The API that it speaks: Ollama's, or OpenAI's, as vLLM and others do.",
        },
    )
    hostname = fields.String(required=True)
    port = fields.Integer(required=True, metadata={"minimum": 1, "maximum": 65_535})
    max_concurrent_tasks = fields.Integer(
        required=True,
        metadata={
            "format": "int32",
            "minimum": 1,
            "description": "Prompts that it is given at once, by all workers together.",
        },
    )
    last_status_change_time = Time(required=True)


class GatewaysPageSchema(Schema):
    """Some gateways."""

    items = fields.List(fields.Nested(GatewaySchema), required=True)
    response_metadata = fields.Nested(PaginatedResponseMetadataSchema, required=True)


def render_operation(operation: Operation, *, coverage: Coverage | None = None) -> dict[str, Any]:
    """Shape an operation for ``GenerateDataOperationSchema``."""
    return {
        **vars(operation),
        "attributes": [attribute.as_json() for attribute in operation.attributes],
        "ai_orchestrator_id": ORCHESTRATOR_ID,
        "warning_message": operation.warning,
        "statistics": {**statistics_of(operation), "coverage": coverage},
    }
