"""The `command` plugin: scripts run here or over SSH when a resource is created, updated or deleted.

It stands in for Pulumi's own plugin of the same name and version, with the same state. Where it is better on purpose:

- a log line of any length is fine (the official plugin hangs at 64 KiB);
- output that is not UTF-8 keeps its readable part (there: the script ran, and the resource is lost);
- a wrong input is refused without printing any input's value (there: private keys and passwords in clear);
- a `logging` that does not exist is refused (there: the resource is created, then the program fails);
- cancelling kills the script with everything it started (there: only the shell); for this, scripts have process groups
  of their own, and what they leave running is not touched when the plugin ends;
- scripts do not inherit PULUMI_CONFIG_PASSPHRASE; one that needs it gets it by `environment`;
- the preview of an update says that stdout and stderr are unknown whenever a script will run;
- a resource without outputs in its state (imported) can be updated and deleted;
- SSH: `perDialTimeout` covers the whole handshake, `custom_timeouts` the wait for the script; a wrong host key fails at
  once; RSA host keys work; a dead SSH agent matters only to those who asked for it; connections are closed; a server
  that does not take the last outputs into the environment is no warning, but the script runs without them as there.

Not here, and refused in so many words: assetPaths, archivePaths, remote `environment` (SSH gives no sure answer whether
the server took it), CopyToRemote, `local.run`.
"""
