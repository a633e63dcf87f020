int digital_root(long number);

int main(void)
{
    return digital_root(-12) != -1;
}
