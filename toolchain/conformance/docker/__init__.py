"""What programs rely on of Pulumi's docker plugin, as tables that any such plugin can be held to."""
