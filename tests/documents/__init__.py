"""Tests of the documents: what stands in them, how they break over pages, the same bytes for the same facts."""
