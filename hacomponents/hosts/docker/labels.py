"""Labels by which what we created is known again, also when the state does not record it."""

import pulumi


def ours() -> dict[str, str]:
    """Labels of the running project and stack."""
    return {"hacomponents.project": pulumi.get_project(), "hacomponents.stack": pulumi.get_stack()}
