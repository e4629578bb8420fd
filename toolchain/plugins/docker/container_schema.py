"""The inputs of a container."""

from toolchain.plugins.docker import units
from toolchain.plugins.docker.rules import absolute, at_least, matching
from toolchain.plugins.docker.schema import (
    BOOL,
    INT,
    LABELS,
    STRING,
    STRINGS,
    Field,
    ListOf,
    Object,
    Scalar,
    Schema,
    SetOf,
)

_CAPABILITIES = SetOf(Scalar(str, normal=units.capability))
_DURATION = Scalar(str, rule=units.duration_problem, normal=units.nanoseconds)
_SIZE = Scalar(int, rule=at_least(0))
_PATH = Scalar(str, rule=absolute)
_RESTART = Scalar(str, rule=matching("no|on-failure|always|unless-stopped"))

_PORT = Object(
    {
        "internal": Field(INT, required=True),
        "external": Field(INT),
        "ip": Field(STRING, default="0.0.0.0"),  # noqa: S104 - Docker's own default
        "protocol": Field(STRING, default="tcp"),
    }
)
_NETWORK = Object(
    {
        "name": Field(STRING, required=True),
        "ipv4Address": Field(STRING),
        "ipv6Address": Field(STRING),
        "aliases": Field(SetOf(STRING)),
        "linkLocalIps": Field(SetOf(STRING)),
    }
)
_VOLUME = Object(
    {
        "containerPath": Field(STRING),
        "hostPath": Field(_PATH),
        "volumeName": Field(STRING),
        "fromContainer": Field(STRING),
        "readOnly": Field(BOOL),
        "selinuxRelabel": Field(Scalar(str, rule=matching("z|Z"))),
    }
)
_MOUNT = Object(
    {
        "target": Field(STRING, required=True),
        "type": Field(Scalar(str, rule=matching("bind|volume|tmpfs")), required=True),
        "source": Field(STRING),
        "readOnly": Field(BOOL),
        "bindOptions": Field(Object({"propagation": Field(STRING)})),
        "tmpfsOptions": Field(Object({"mode": Field(INT), "sizeBytes": Field(INT)})),
    }
)
_UPLOAD = Object(
    {
        "file": Field(STRING, required=True),
        "content": Field(STRING),
        "contentBase64": Field(STRING),
        "source": Field(STRING),
        "sourceHash": Field(STRING),
        "executable": Field(BOOL),
        "permissions": Field(Scalar(str, rule=matching("0[0-7]{3}"))),
    }
)
_HEALTHCHECK = Object(
    {
        "tests": Field(ListOf(STRING)),
        "interval": Field(_DURATION),
        "timeout": Field(_DURATION),
        "startPeriod": Field(_DURATION),
        "startInterval": Field(_DURATION),
        "retries": Field(Scalar(int, rule=at_least(0))),
    }
)
_ULIMIT = Object(
    {"name": Field(STRING, required=True), "soft": Field(INT, required=True), "hard": Field(INT, required=True)}
)
_HOST = Object({"host": Field(STRING, required=True), "ip": Field(STRING, required=True)})
_DEVICE = Object(
    {
        "hostPath": Field(STRING, required=True),
        "containerPath": Field(STRING),
        "permissions": Field(STRING, default="rwm"),
    }
)

# Only Docker's own process can change what an image is run as, so nothing here is read back but what `docker update`,
# `docker rename` and `docker network` change.
SCHEMA = Schema(
    deletes_first=True,
    outputs=("networkDatas", "exitCode"),
    inputs={
        "name": Field(STRING),
        "image": Field(STRING, required=True),
        "command": Field(ListOf(STRING), computed=True),
        "entrypoints": Field(ListOf(STRING), computed=True),
        "hostname": Field(STRING, computed=True),
        "domainname": Field(STRING),
        "user": Field(STRING),
        "workingDir": Field(STRING),
        "envs": Field(SetOf(STRING)),
        "labels": Field(LABELS),
        "init": Field(BOOL),
        "tty": Field(BOOL),
        "stdinOpen": Field(BOOL),
        "stopSignal": Field(STRING, computed=True),
        "stopTimeout": Field(INT, computed=True),
        "healthcheck": Field(_HEALTHCHECK),
        "platform": Field(Scalar(str, normal=units.platform), computed=True),
        "runtime": Field(STRING, computed=True),
        # What it may do.
        "capabilities": Field(Object({"adds": Field(_CAPABILITIES), "drops": Field(_CAPABILITIES)})),
        "privileged": Field(BOOL),
        "readOnly": Field(BOOL),
        "securityOpts": Field(SetOf(STRING), computed=True),
        "sysctls": Field(STRINGS),
        "ulimits": Field(SetOf(_ULIMIT)),
        "devices": Field(SetOf(_DEVICE)),
        "groupAdds": Field(SetOf(STRING)),
        "cgroupParent": Field(STRING),
        "cgroupnsMode": Field(Scalar(str, rule=matching("private|host"))),
        "ipcMode": Field(STRING, computed=True),
        "pidMode": Field(STRING),
        "usernsMode": Field(STRING),
        # Its networks. A list of name servers is a list: the first one is asked first.
        "networkMode": Field(STRING, default="bridge"),
        "networksAdvanced": Field(SetOf(_NETWORK)),
        "ports": Field(SetOf(_PORT)),
        "publishAllPorts": Field(BOOL),
        "hosts": Field(SetOf(_HOST)),
        "dns": Field(ListOf(STRING)),
        "dnsOpts": Field(SetOf(STRING)),
        "dnsSearches": Field(ListOf(STRING)),
        # Its files.
        "volumes": Field(SetOf(_VOLUME)),
        "mounts": Field(SetOf(_MOUNT)),
        "tmpfs": Field(STRINGS),
        "uploads": Field(SetOf(_UPLOAD)),
        "shmSize": Field(_SIZE, computed=True),
        "storageOpts": Field(STRINGS),
        "logDriver": Field(STRING, computed=True),
        "logOpts": Field(STRINGS),
        # What it may use: MiB, but for cpus. Docker cannot take a limit away from a container that has one.
        "cpus": Field(STRING),
        "cpuShares": Field(Scalar(int, rule=at_least(0)), replaces=False),
        "cpuSet": Field(STRING, replaces=False),
        "memory": Field(_SIZE, replaces=False),
        "memoryReservation": Field(_SIZE, replaces=False),
        "memorySwap": Field(Scalar(int, rule=at_least(-1)), replaces=False, computed=True),
        # How it is started, watched and stopped.
        "restart": Field(_RESTART, default="no", replaces=False),
        "maxRetryCount": Field(Scalar(int, rule=at_least(0)), replaces=False, drops_in_place=True),
        "mustRun": Field(BOOL, default=True, replaces=False),
        "start": Field(BOOL, default=True, replaces=False),
        "wait": Field(BOOL, replaces=False, drops_in_place=True),
        "waitTimeout": Field(Scalar(int, rule=at_least(0)), default=60, replaces=False),
        "destroyGraceSeconds": Field(Scalar(int, rule=at_least(0)), replaces=False, drops_in_place=True),
        "rm": Field(BOOL),
        "removeVolumes": Field(BOOL, default=True, replaces=False),
        # Without effect here; kept so that a state can move between this plugin and the official one.
        "containerReadRefreshTimeoutMilliseconds": Field(INT, default=15000, replaces=False),
    },
)
