"""Edges and runtime: the ways to WhatsApp, the worker of the queue, the clock's bells, and the command line.

Imports the other rooms and is imported by none.
"""
