// What the targets of precompiled headers are made of; see SluisTargets.cmake.
int main() { return 0; }
