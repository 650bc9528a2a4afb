"""The figures of the report; each function computes its table, its drawing and its one sentence of finding."""
