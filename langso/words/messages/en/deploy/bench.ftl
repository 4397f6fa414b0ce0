bench-no-such-item = There is no item { $items }; only: { $known }.
