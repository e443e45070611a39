"""Bots, knowledge and requests, without a chat around them."""
