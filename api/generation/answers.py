"""The shapes of answers about lists of values, and rows brought into them.

Those of published paths have the published fields and no others: strict clients refuse any other.
"""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from api.generation.requests import GenerateDataAttributeSchema
from api.http.answers import AnswerSchema, PaginatedResponseMetadataSchema
from api.http.fields import Time
from api.jobs.answers import JobSchema
from shared.addresses import GatewayKind
from shared.generation.operation import Operation, OperationState
from shared.models.gateway import GatewayState

#: There is one, the workers of this service together.
ORCHESTRATOR_ID = "valuemill"


class GenerateDataOperationSchema(AnswerSchema):
    """One list of values and how far it is."""

    id = fields.String(required=True)
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


class GenerateDataResponseSchema(Schema):
    """The job that was started."""

    job = fields.Nested(JobSchema, required=True)


class GetAllGenerateDataOperationsResponseSchema(Schema):
    """Some operations of a list."""

    items = fields.List(fields.Nested(GenerateDataOperationSchema), required=True)
    response_metadata = fields.Nested(PaginatedResponseMetadataSchema, required=True)


class GetGenerateDataValuesResponseSchema(Schema):
    """Some values of a list."""

    items = fields.List(fields.String(), required=True)
    response_metadata = fields.Nested(PaginatedResponseMetadataSchema, required=True)


class LlmModelSchema(AnswerSchema):
    """A model that can make values."""

    id = fields.String(required=True)
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


class GetAllLlmModelsResponseSchema(Schema):
    """Some models."""

    items = fields.List(fields.Nested(LlmModelSchema), required=True)
    response_metadata = fields.Nested(PaginatedResponseMetadataSchema, required=True)


class LlmGatewaySchema(AnswerSchema):
    """A model server, as published."""

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
        metadata={
            "enum": [GatewayKind.OLLAMA.value],
            "description": "The API that it speaks; absent where that is another than Ollama's.",
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


class GatewaySchema(LlmGatewaySchema):
    """A model server."""

    type = fields.String(
        required=True,
        metadata={
            "enum": [kind.value for kind in GatewayKind],
            "description": "The API that it speaks: Ollama's, or OpenAI's, as vLLM and others do.",
        },
    )


class GetAllLlmGatewaysResponseSchema(Schema):
    """Some gateways."""

    items = fields.List(fields.Nested(LlmGatewaySchema), required=True)
    response_metadata = fields.Nested(PaginatedResponseMetadataSchema, required=True)


def render_operation(operation: Operation) -> dict[str, Any]:
    """Shape an operation for ``GenerateDataOperationSchema``."""
    return {
        **vars(operation),
        "attributes": [attribute.as_json() for attribute in operation.attributes],
        "ai_orchestrator_id": ORCHESTRATOR_ID,
    }
