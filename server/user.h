/* user.h: whose rights the server has once it listens. */
#pragma once

/* Becomes this user, without any group but the user's own; NULL: stays who it is. EX_OK, or the
 * exit status, and why was said. */
int user_become(const char *name);
