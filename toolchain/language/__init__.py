"""The language host `pulumi-language-python`: runs the programs of Python projects for Pulumi's engine."""
