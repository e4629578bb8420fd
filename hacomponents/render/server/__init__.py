"""Application servers, one module each: their own files and services, beside what all have (`render.app`)."""
