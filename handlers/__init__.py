"""Meaning: what an incoming message asks for, and the reply to it.

Called by the worker for each message in the inbox; calls the rules in `services`. Never talks to WhatsApp.
"""
