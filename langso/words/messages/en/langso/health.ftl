health-all-well = All is well.
health-and-others = { $first } (and { $others } more)
