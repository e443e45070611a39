"""WhatsApp through neonize: pairing a number, keeping its session, and what goes in and out.

The library itself is loaded by `library` alone, which `codec`, `client` and `pairing` need; `terms`, `failures`,
`quiet` and `store` do without, so that any process may import them.
"""
