// Runs a fuzz target over stored inputs where there is no libFuzzer: the files that the arguments name, and those in
// the folders they name. The empty input is always among them. A property that does not hold aborts, as under
// libFuzzer.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

void run(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()), input.size());
}

void run_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  // Before the run and flushed, so that the last line names the input that aborts.
  std::printf("%s\n", path.c_str());
  std::fflush(stdout);
  run(std::string(std::istreambuf_iterator<char>(file), {}));
}

}  // namespace

int main(int count, char** arguments) {
  run({});
  for (int i = 1; i < count; ++i) {
    std::filesystem::path path(arguments[i]);
    if (std::filesystem::is_directory(path)) {
      for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
        if (entry.is_regular_file()) run_file(entry.path());
      }
    } else if (std::filesystem::exists(path)) {
      run_file(path);
    }
  }
}
