<?php
declare(strict_types=1);

// For health checks, which are no visitors.
echo "ok\n";
