"""From a claim to values: ask a model, read its answer, keep what is fit.

``sizing``, ``prompts``, ``answers`` and ``refine`` are pure; ``gateway`` is the only module that
talks to a model server, and ``grind`` puts them in a row.
"""
