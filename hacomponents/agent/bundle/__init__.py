"""The bundle: all files of one host with the services they feed."""

from .bundle import DAEMONS, Bundle, Fields, File, Json, Service, parse

__all__ = ["DAEMONS", "Bundle", "Fields", "File", "Json", "Service", "parse"]
