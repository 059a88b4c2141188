<?php // inbox:read:messages inbox:write:events read:preferences write:preferences read:brands
