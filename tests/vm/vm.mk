# The SVM lane: our tests in a machine with AMD-V that QEMU emulates, on
# Debian's kernel and cgroup v2.
test-vm: all unit-tests ## Run the tests in an emulated machine with AMD-V
	@tools/deps test-vm
	@tests/vm/lane --build $(BUILD) --suite

.PHONY: test-vm
