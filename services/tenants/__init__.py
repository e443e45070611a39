"""Tenants, the people who act for them, what they may use and what they did."""
