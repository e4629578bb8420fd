<?php echo "well";
