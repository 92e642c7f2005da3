// Any bytes as a JPEG and as EXIF data.
#include "picture.h"

void sfumato::fuzz(std::string_view input) { (void)check_picture({input.begin(), input.end()}); }
