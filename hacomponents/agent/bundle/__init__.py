"""The bundle: all files of one host with the services they feed."""

from .bundle import Bundle, File
from .kind import Kind, Kinds, optional, required
from .parsing import parse
from .service import Json, Service

__all__ = ["Bundle", "File", "Json", "Kind", "Kinds", "Service", "optional", "parse", "required"]
