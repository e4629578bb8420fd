<?php
if ($_SERVER["QUERY_STRING"] === "slow") {
    usleep(200000);
}
echo "release 1, ", strlen(getenv("KEY")), " letters, ", $_SERVER["REMOTE_ADDR"];
