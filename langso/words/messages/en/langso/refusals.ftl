refusals-see-help =
    { $said }
    How it is used: { $command } --help
refusals-cannot-open = Cannot open file “{ $file }”; check its name and permission.
refusals-option-use = Option “{ $option }” is used wrongly; check whether a value is missing after it.
refusals-no-command = There is no such command; there are: { $commands }.
refusals-parts = The command has a part too many or too few; check it.
refusals-a-parameter = A parameter
refusals-missing = { $what } is missing; add it to the command.
refusals-wrong = { $what } is wrong: { $wanted }.
refusals-choose = choose one of { $choices }
refusals-no-path = there is no such file or folder, or it cannot be read; check the name
refusals-bad-path = this path cannot be used; check its name and write permission
refusals-number = give a number
refusals-check-value = check the value
refusals-or = { " " }or{ " " }
refusals-no-option-near = There is no option “{ $option }”; did you mean { $near }?
refusals-no-option = There is no option “{ $option }”.
refusals-number-from = give a number from { $least }
refusals-number-to = give a number up to { $most }
refusals-number-from-to = give a number from { $least } to { $most }
