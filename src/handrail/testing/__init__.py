"""The kit that users test their servers with."""
