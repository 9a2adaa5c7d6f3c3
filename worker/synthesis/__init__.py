"""From a claimed step of a run to its result, in child processes."""
