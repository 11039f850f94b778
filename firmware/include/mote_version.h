/* mote's version, as semantic versioning has it; tools/mote says the same. */
#ifndef MOTE_VERSION_H
#define MOTE_VERSION_H

#define MOTE_VERSION "0.1.0"

#endif
