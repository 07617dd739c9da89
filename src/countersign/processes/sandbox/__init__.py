"""The sandbox: opens strangers' files; holds nothing and reaches nothing."""
