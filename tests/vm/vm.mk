# The SVM lane: our tests in machines with AMD-V that QEMU emulates, on
# Debian's kernel and cgroup v2.
test-vm: all unit-tests ## Run the tests in emulated machines with AMD-V
	@tools/deps test-vm
	@tests/vm/lane --build $(BUILD) --suite $(T)

.PHONY: test-vm
