"""The HTTP edge: the super admin's routes and the gateway for other programs. Parses, asks a service, answers JSON."""

VERSION = "0.1.0"
