"""What an operation has cost, and how it is getting on: a path of our own.

Answers of published paths have no room for it; the reason and the warning of a failure are in the
job too.
"""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api.generation import examples
from api.generation.ids import OPERATION_PARAMETER, parse_operation_id
from api.http.answers import AnswerSchema
from api.http.auth import account
from api.http.fields import Time
from api.http.rest import BASE, Blueprint
from api.parts import parts
from shared.generation.statistics import statistics_of

blueprint = Blueprint(
    "Statistics",
    __name__,
    url_prefix=f"{BASE}/ai/generate/<id:operation_id>",
    tag="AiGenerate",
)


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
    coverage = fields.Nested(CoverageSchema, required=True)
    failure_reason = fields.String(metadata={"description": "Why it failed, or was cancelled."})
    warning_message = fields.String(metadata={"description": "What did not go as asked."})


@blueprint.route("/statistics", parameters=[OPERATION_PARAMETER], methods=["GET"])
@blueprint.doc(operationId="get_generate_statistics")
@blueprint.response(200, StatisticsSchema, example=examples.STATISTICS)
@blueprint.revalidates()
@blueprint.refuses(404, "No such operation; it may have expired or been deleted")
def get_statistics(operation_id: str) -> dict[str, Any]:
    """Read what an operation has cost so far, and how it is getting on."""
    found, coverage = parts().lists.inspect(
        parse_operation_id(operation_id), account_id=account().id
    )
    return {
        **statistics_of(found),
        "coverage": coverage,
        "failure_reason": found.failure_reason,
        "warning_message": found.warning,
    }
